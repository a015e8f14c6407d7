// A real member of Hazelcast on this machine, alone in its cluster.

import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Child, freePort } from './child.ts';

export const CLUSTER = 'pink-test';

export interface RealHazelcast {
  /** `host:port`. */
  readonly member: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** @param jar the archive of the open source edition. */
export async function hazelcastServer(jar: string): Promise<RealHazelcast> {
  const child = new Child();
  const port = await freePort();
  const config = join(child.folder, 'hazelcast.xml');
  writeFileSync(config, configXml(port));
  const args = [
    '-Xmx256m',
    `-Dhazelcast.config=${config}`,
    '-Dhazelcast.logging.type=none',
    '-cp',
    jar,
    'com.hazelcast.core.server.HazelcastMemberStarter',
  ];
  const start = () => child.start({ command: 'java', args }, () => accepts(port));
  await start();
  return { member: `127.0.0.1:${port}`, start, kill: () => child.kill(), close: () => child.close() };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

function configXml(port: number): string {
  return `<hazelcast xmlns="http://www.hazelcast.com/schema/config">
  <cluster-name>${CLUSTER}</cluster-name>
  <properties>
    <property name="hazelcast.phone.home.enabled">false</property>
    <property name="hazelcast.socket.bind.any">false</property>
  </properties>
  <network>
    <port auto-increment="false">${port}</port>
    <join><auto-detection enabled="false"/><multicast enabled="false"/></join>
    <interfaces enabled="true"><interface>127.0.0.1</interface></interfaces>
  </network>
  <integrity-checker enabled="false"/>
</hazelcast>
`;
}
