import { expect, test } from 'vitest';
import { announcingChanges } from '../../electron/session/announced-changes.ts';
import { memberOf, readEnvelope, sourceOf } from '../../shared/envelope.ts';

const greetingOf = (capabilities: string) => {
  const reading = readEnvelope(
    Buffer.from(`{"id":1, "result":{"capabilities":${capabilities},"é" : 1.0},"jsonrpc":"2.0"}`),
  );
  if (reading.status !== 'message') throw new Error('This is no message.');
  return reading.message;
};

test.each([
  ['{"tools":{}}', '{"tools":{"listChanged":true}}'],
  ['{ "tools" : { } ,"a":1}', '{ "tools" : {"listChanged":true } ,"a":1}'],
  ['{"tools":{"listChanged": false}}', '{"tools":{"listChanged":true}}'],
  ['{"tools":{"x":1,"list\\u0043hanged":false , "y":2}}', '{"tools":{"listChanged":true,"x":1 , "y":2}}'],
  ['{"tools":{"listChanged":false,"listChanged":null}}', '{"tools":{"listChanged":true}}'],
])('%s becomes %s, and all else stays', (before, after) => {
  const { bytes, body } = announcingChanges(greetingOf(before));
  expect(Buffer.from(bytes).toString()).toBe(Buffer.from(greetingOf(after).bytes).toString());
  const capabilities = memberOf(bytes, body, 'capabilities');
  expect(capabilities && sourceOf(bytes, capabilities)).toBe(after);
});

test.each(['{"tools":{"listChanged":true}}', '{}', '{"tools":null}', '[]', '{"prompts":{}}'])(
  'a greeting with %s is left as it is',
  (capabilities) => {
    const greeting = greetingOf(capabilities);
    expect(announcingChanges(greeting)).toBe(greeting);
  },
);
