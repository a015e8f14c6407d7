// The site that is written from a state: its files, that the same state gives the same bytes, and what it refuses to leave out.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendRejects } from '../../src/adapters/state/reject-log.ts';
import { saveSettings } from '../../src/adapters/state/settings-store.ts';
import { rejectFrom } from '../../src/domain/reject.ts';
import { reportSite, writeReport } from '../../src/site/write-report.ts';
import { aMetaReport } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { worldSettings } from '../jobs/supervise-world.ts';
import { aSupervisedDisk } from '../jobs/supervised-state.ts';

const FACTS = { stateCommit: null, repositoryUrl: null };

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'warden-site-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The state after a run under settings that it holds. */
function aJudgedDisk() {
  const settings = worldSettings();
  const disk = aSupervisedDisk();
  saveSettings(disk, settings);
  disk.replace(
    'supervisor/meta_report.json',
    JSON.stringify(aMetaReport({ config_hash: settings.config_hash })),
  );
  return disk;
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

function page(disk: ReturnType<typeof memoryDisk>): string {
  return reportSite(disk, FACTS).files.get('index.html') ?? '';
}

describe('writeReport', () => {
  it('writes a page, its style and its data, and leaves the state as it is', () => {
    const disk = aSupervisedDisk();
    const before = disk.dump();
    const out = join(dir, 'made', 'site');
    const written = writeReport(disk, out, FACTS);

    expect(written.files).toEqual(['data/meta_report.json', 'index.html', 'style.css']);
    expect(Object.keys(filesOf(out)).sort()).toEqual(written.files);
    expect(filesOf(out)['data/meta_report.json']).toBe(before['supervisor/meta_report.json']);
    expect(disk.dump()).toEqual(before);
  });

  it('writes the same bytes for the same state, over what was there', () => {
    writeReport(aSupervisedDisk(), dir, FACTS);
    const first = filesOf(dir);
    writeFileSync(join(dir, 'index.html'), 'something else');
    writeReport(aSupervisedDisk(), dir, FACTS);

    expect(filesOf(dir)).toEqual(first);
  });

  it('leaves other files, and takes the data of an earlier report away where there is none', () => {
    writeReport(aSupervisedDisk(), dir, FACTS);
    writeFileSync(join(dir, 'CNAME'), 'report.example.org');
    const written = writeReport(memoryDisk(), dir, FACTS);

    expect(written).toEqual({ files: ['index.html', 'style.css'], generatedAt: null });
    expect(Object.keys(filesOf(dir)).sort()).toEqual(['CNAME', 'index.html', 'style.css']);
  });

  it('shows the proposals that wait for a person', () => {
    expect(page(aJudgedDisk())).toContain('waits for a person');
  });

  it('says that proposals are not known where the settings are not', () => {
    expect(page(aSupervisedDisk())).toContain('Whether proposals wait for a person is not known');
    expect(page(aJudgedDisk())).not.toContain('Whether proposals wait');
  });

  it('counts what was set aside, with the last reason', () => {
    const disk = memoryDisk();
    const reject = (reason: string) =>
      rejectFrom({
        code: 'invalid_event',
        reason,
        file: 'stdin',
        line: 1,
        event_id: null,
        horizon_hours: null,
        raw: reason,
      });
    appendRejects(disk, 'ingest', '2026-11', [reject('first'), reject('second')]);

    expect(page(disk)).toContain(
      '<th scope="row"><code>ingest</code></th><td>invalid_event</td><td class="number">2</td><td>second</td>',
    );
  });

  it.each([
    ['the report', 'supervisor/meta_report.json'],
    ['the verdicts', 'supervisor/verdicts.jsonl'],
    ['the gates', 'supervisor/promotion.json'],
    ['the rejects', 'alpha/rejects/ingest/2026-11.jsonl'],
  ])('refuses a state in which %s cannot be read, and writes nothing', (_case, path) => {
    const disk = memoryDisk({ ...aJudgedDisk().dump(), [path]: '{"v":9}\n' });

    expect(() => writeReport(disk, dir, FACTS)).toThrow(path);
    expect(filesOf(dir)).toEqual({});
  });

  it('does not know what waits where the memory of reconcile cannot be read', () => {
    expect(page(memoryDisk({ 'alpha/pending.json': '{' }))).toContain(
      'How many signals wait for a price is not known.',
    );
  });
});
