// The thread of the sinks: whatever they wait for, and however long, the thread that trades does not.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemTimers } from '../../adapters/system-timers.ts';
import { assert } from '../../domain/assert.ts';
import type { Log } from '../../ports.ts';
import { runSinks } from './run-sinks.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

/** How often it is looked how far the journal is durable. To be told of each record would cost the other thread more than its record. */
const LOOK_EVERY_MS = 200;
/** A message that says nothing new is not sent. */
const TELL_EVERY_MS = 1_000;

async function begin(port: MessagePort, { options, durable }: ThreadData): Promise<void> {
  const say = (message: FromThread): void => port.postMessage(message);
  const log: Log = {
    info: (text) => say({ kind: 'log', level: 'info', text }),
    warn: (text) => say({ kind: 'log', level: 'warn', text }),
    error: (text) => say({ kind: 'log', level: 'error', text }),
  };
  const sealed = new BigInt64Array(durable);
  const sinks = await runSinks(options, {
    timers: systemTimers(),
    log,
    env: process.env,
    beganMs: Date.now(),
  });
  const look = (): void => sinks.told(Number(Atomics.load(sealed, 0)));
  let told = '';
  const tell = (): void => {
    const progress = sinks.progress();
    const text = JSON.stringify(progress);
    if (text !== told) say({ kind: 'progress', progress });
    told = text;
  };
  look();
  tell();
  const timers = [setInterval(look, LOOK_EVERY_MS), setInterval(tell, TELL_EVERY_MS)];
  port.on('message', ({ withinMs }: ToThread) => {
    for (const timer of timers) clearInterval(timer);
    look();
    void sinks.close(withinMs).then((progress) => {
      say({ kind: 'closed', progress });
      port.close();
    });
  });
}

assert(parentPort !== null, 'the thread of the sinks was begun as a process');
await begin(parentPort, workerData as ThreadData);
