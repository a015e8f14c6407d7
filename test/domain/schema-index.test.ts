// The schemas that editors and other programs read: complete, valid, and the same as what Warden itself checks with.

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { SCHEMAS, schemaFiles } from '../../src/domain/schema-index.ts';

const ajv = new Ajv2020({ strict: false });
const SCHEMAS_DIR = new URL('../../schemas/', import.meta.url);

describe('schemaFiles', () => {
  it('is what schemas/ holds, byte for byte', () => {
    const onDisk = readdirSync(SCHEMAS_DIR).sort();

    expect(onDisk).toEqual([...schemaFiles().keys()].sort());
    for (const [file, text] of schemaFiles())
      expect(readFileSync(new URL(file, SCHEMAS_DIR), 'utf8')).toBe(text);
  });

  it.each([...schemaFiles()])('writes %s as JSON Schema 2020-12 with a title', (_file, text) => {
    const document = JSON.parse(text);

    expect(document.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(document.title.length).toBeGreaterThan(3);
    expect(ajv.validateSchema(document)).toBe(true);
  });

  it('loses nothing when a schema is written', () => {
    for (const [name, schema] of Object.entries(SCHEMAS)) {
      const text = schemaFiles().get(`${name}.schema.json`) ?? '{}';
      const { $schema: _dialect, title: _title, ...written } = JSON.parse(text);
      const { title: _own, ...own } = JSON.parse(JSON.stringify(schema));

      expect(written).toEqual(own);
    }
  });

  it('refuses unknown keys in every record', () => {
    for (const schema of Object.values(SCHEMAS)) {
      const variants = 'anyOf' in schema && Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
      for (const variant of variants) {
        if ('properties' in variant) expect(variant).toHaveProperty('additionalProperties', false);
      }
    }
  });
});
