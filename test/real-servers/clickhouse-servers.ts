// Two ways to a real ClickHouse: the server of this machine, and the engine as a library behind a few lines of HTTP.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, freePort, type Program } from './child.ts';

export const LOGIN = { PINK_CLICKHOUSE_USER: 'pink', PINK_CLICKHOUSE_PASSWORD: 'loopback' } as const;

export interface RealClickHouse {
  readonly url: string;
  /** Runs a statement of the test's own, and returns the answer's text. */
  ask(query: string): Promise<string>;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** @param command the program `clickhouse-server`. */
export async function clickhouseServer(command: string): Promise<RealClickHouse> {
  const child = new Child();
  const [httpPort, tcpPort] = [await freePort(), await freePort()];
  const config = join(child.folder, 'config.xml');
  mkdirSync(join(child.folder, 'data'));
  writeFileSync(config, configXml(child.folder, httpPort, tcpPort));
  writeFileSync(join(child.folder, 'users.xml'), USERS_XML);
  return reached(child, httpPort, { command, args: [`--config-file=${config}`] });
}

/** The engine of the package `chdb`, which does not look at users. */
export async function clickhouseEngine(): Promise<RealClickHouse> {
  const child = new Child();
  const port = await freePort();
  const front = fileURLToPath(new URL('./chdb-front.ts', import.meta.url));
  // In the very process that is killed: the command of tsx would leave it behind.
  const args = ['--import', 'tsx', front, String(port), join(child.folder, 'data')];
  return reached(child, port, { command: process.execPath, args });
}

async function reached(child: Child, port: number, program: Program): Promise<RealClickHouse> {
  const url = `http://127.0.0.1:${port}`;
  const ask = async (query: string): Promise<string> => {
    const headers = {
      'X-ClickHouse-User': LOGIN.PINK_CLICKHOUSE_USER,
      'X-ClickHouse-Key': LOGIN.PINK_CLICKHOUSE_PASSWORD,
    };
    const answer = await fetch(url, { method: 'POST', body: query, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };
  const start = () => child.start(program, async () => (await ask('SELECT 1')).startsWith('1'));
  await start();
  return { url, ask, start, kill: () => child.kill(), close: () => child.close() };
}

function configXml(folder: string, httpPort: number, tcpPort: number): string {
  return `<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${httpPort}</http_port>
  <tcp_port>${tcpPort}</tcp_port>
  <path>${folder}/data/</path>
  <tmp_path>${folder}/data/tmp/</tmp_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>536870912</mark_cache_size>
</yandex>
`;
}

const USERS_XML = `<yandex>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <pink>
      <password>${LOGIN.PINK_CLICKHOUSE_PASSWORD}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </pink>
  </users>
</yandex>
`;
