// Keys of config/pink.yaml that say where a Hazelcast cluster is, whether it feeds the runner or is fed by it.

import Type from 'typebox';

/** What a cluster, a map of it, or a key of a map is called. */
export function hazelcastName(defaultName: string, description: string) {
  return Type.String({ minLength: 1, maxLength: 128, default: defaultName, description });
}

/** The cluster, and some of its members as `host:port`. */
export const hazelcastCluster = {
  cluster: hazelcastName('dev', 'name of the cluster'),
  members: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    minItems: 1,
    default: ['127.0.0.1:5701'],
    description: 'some members of the cluster, as host:port',
  }),
};
