import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUNGS, SIZE_PROFILES } from '../../core/choices.ts';
import { configurationSchema, parseConfiguration } from './parse-configuration.ts';

describe('parseConfiguration', () => {
  it('takes the fields that are there', () => {
    const text =
      '{"size":"smallest","limits":{"maxImageBytes":6200},"checks":[{"expectedOutput":["Hello"]}]}';
    expect(parseConfiguration(text, 'morsel.json')).toMatchObject({
      size: 'smallest',
      limits: { maxImageBytes: 6200 },
    });
  });

  it.each([
    ['{', /morsel\.json is not JSON/],
    ['[]', /morsel\.json: /],
    ['{"size":"tiny"}', /morsel\.json: size: /],
    ['{"limits":{"maxImageBytes":-1}}', /limits\.maxImageBytes: /],
    ['{"enviroment":{}}', /enviroment/],
    ['{"env":{"A":1}}', /env\.A: /],
    ['{"__proto__":{"user":"0:0"}}', /__proto__/],
    ['{"constructor":1}', /constructor/],
    ['{"labels":{"toString":"x"}}', /toString/],
    ['['.repeat(500_000), /not JSON/],
    [`{"checks":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /32 deep/],
    [`{"checks":[${'{"x":'.repeat(50_000)}1${'}'.repeat(50_000)}]}`, /32 deep/],
  ])('says where %.40s is wrong', (text, message) => {
    expect(() => parseConfiguration(text, 'morsel.json')).toThrowError(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('quotes nothing of what is not JSON', () => {
    for (const text of ['root:$y$j9T$secret', `{"a": ${'x'.repeat(99)}secret}`, '{"name": "secret']) {
      expect(() => parseConfiguration(text, 'morsel.json')).toThrowError(/is not JSON: (?!.*secret)/s);
    }
  });

  it('has the same fields and choices as the published JSON schema', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../../schema/morsel.schema.json', import.meta.url), 'utf8'),
    ) as {
      properties: Record<string, unknown>;
    };
    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(configurationSchema.entries).sort());
    expect(schema.properties).toMatchObject({
      size: { enum: SIZE_PROFILES },
      rungs: { items: { enum: RUNGS } },
    });
  });
});
