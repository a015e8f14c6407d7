// What the number means that a job ended with, for the people who read of it: whether one of them must act, and what to do.

/** nobody: all is well. next_run: it heals by itself, unless it goes on. person: somebody must act. */
export type Urgency = 'nobody' | 'next_run' | 'person';

export interface JobExit {
  readonly urgency: Urgency;
  /** Markdown, the end of a sentence. */
  readonly meaning: string;
  /** Markdown, a sentence. */
  readonly nextStep: string;
}

const EXITS: Readonly<Record<number, JobExit>> = {
  0: { urgency: 'nobody', meaning: 'all is done', nextStep: 'Nothing is to be done.' },
  1: {
    urgency: 'person',
    meaning: 'a defect of Warden ended the run',
    nextStep:
      'Report it with the text from the log of the run. Nothing is lost: a job computes again from what is stored.',
  },
  2: {
    urgency: 'person',
    meaning: 'some input lines were rejected; the good ones are kept',
    nextStep:
      'Mend the lines at their source and send them again. All of them stand with their reason in `alpha/rejects` of the state.',
  },
  3: {
    urgency: 'person',
    meaning:
      'the usage or the configuration was refused; nothing was done, or the last good configuration stayed in force',
    nextStep:
      'Correct what the message names: a file below `config` by a pull request, a secret in the settings of the repository, an input by starting the run again.',
  },
  4: {
    urgency: 'person',
    meaning: 'the state was refused: locked by another run, corrupt, or not there',
    nextStep:
      'Where another run held it, the next run goes on by itself. Restore a file that is corrupt from the history of the state branch; derived files may be removed, and are written anew.',
  },
  5: {
    urgency: 'person',
    meaning: 'more settled pairs were lost than `prices.max_loss` allows',
    nextStep:
      'Look at which instruments got no row and why, then mend the source of their prices or signals. What was settled is kept.',
  },
  6: {
    urgency: 'next_run',
    meaning: 'no source of prices answered',
    nextStep:
      'The next run asks again, and nothing is lost meanwhile. If it goes on, look at the sources and at their keys.',
  },
  7: {
    urgency: 'next_run',
    meaning: 'some effects on GitHub or mails are still owed',
    nextStep: 'The next run tries again. If it goes on, look at what GitHub or the mail server answered.',
  },
  8: {
    urgency: 'person',
    meaning: 'the state holds something else than what its rows and logs give',
    nextStep:
      'Find out who changed it: `warden verify` names every figure that differs, the history of the state branch its commit.',
  },
  9: {
    urgency: 'next_run',
    meaning:
      'GitHub did not answer, or the state branch could not be read or pushed, so nothing was published',
    nextStep:
      'The next run starts again from the newest state. If it goes on, check that the token may write contents and that no rule protects the state branch.',
  },
  10: {
    urgency: 'person',
    meaning: 'the kernel could not be reached, or what it did is not known',
    nextStep: 'Ask it for its status before anything is sent again, and check that its service runs.',
  },
  11: {
    urgency: 'person',
    meaning: 'the venue could not be asked, or its account is not set up as configured',
    nextStep:
      'Do what the message says at the venue or in `config/pink.yaml`, then ask again with `warden kernel venue`.',
  },
};

/** Returns what an exit code means. One that is none of Warden's comes from outside: a run that was killed, or ran out of time. */
export function jobExit(exitCode: number): JobExit {
  return (
    EXITS[exitCode] ?? {
      urgency: 'person',
      meaning: `the run was ended from outside, with code ${exitCode}`,
      nextStep:
        'Look at the end of its log: it was canceled, or ran out of time or of memory. Nothing is lost, and the next run starts again.',
    }
  );
}
