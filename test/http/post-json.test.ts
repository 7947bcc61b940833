import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { postJson } from '../../src/http/post-json.js';
import { deadAddress, json, serve } from '../support/server.js';

describe('posting JSON', () => {
  it('sends the body and the key and returns the answer', async () => {
    const { url, seen } = await serve((_, response) => json(response, { fine: true }));
    expect(await postJson(`${url}/v1/x`, { a: 'ü' }, { key: 'secret' })).toEqual({ fine: true });
    expect(seen).toMatchObject([{ path: '/v1/x', body: '{"a":"ü"}', headers: { authorization: 'Bearer secret' } }]);
  });

  it.each([429, 500, 503])('asks again after %i', async (status) => {
    const { url, seen } = await serve((_, response, count) =>
      count < 3 ? json(response, {}, status, { 'retry-after': '0' }) : json(response, 'at last'),
    );
    expect(await postJson(url, {})).toBe('at last');
    expect(seen).toHaveLength(3);
  });

  it('asks again as late as Retry-After says', async () => {
    const times: number[] = [];
    const { url } = await serve((_, response, count) => {
      times.push(performance.now());
      // Of its own it would wait half a second at most.
      json(response, 'there', count === 1 ? 429 : 200, { 'retry-after': '0.7' });
    });
    await postJson(url, {});
    expect(times[1]! - times[0]!).toBeGreaterThan(650);
  });

  it.each([
    ['takes too long', () => {}, 'it did not answer within 0.2 s'],
    ['breaks off', (response: ServerResponse) => void response.destroy(), 'it broke off the connection'],
  ])('asks again when an answer %s, and says so in the end', async (_, fail, message) => {
    const { url } = await serve((_, response, count) => (count % 2 ? fail(response) : json(response, 'there')));
    expect(await postJson(url, {}, { timeoutMs: 200 })).toBe('there');
    await expect(postJson(url, {}, { timeoutMs: 200, attempts: 1 })).rejects.toThrow(message);
  });

  it('gives up with one sentence after the last attempt', async () => {
    const { url, seen } = await serve((_, response) =>
      json(response, { error: { message: 'Over\u001bloaded\u009b.' } }, 503),
    );
    await expect(postJson(url, {}, { attempts: 2 })).rejects.toMatchObject({
      code: 'server-failed',
      message: expect.stringMatching(/it answered 503, "Overloaded" \(asked 2 times\)\.$/),
    });
    expect(seen).toHaveLength(2);
  });

  it('does not ask again when refused, and never repeats the key', async () => {
    const { url, seen } = await serve((_, response) => json(response, { error: 'Wrong key: secret' }, 401));
    await expect(postJson(url, {}, { key: 'secret' })).rejects.toMatchObject({
      code: 'server-refused',
      message: expect.not.stringContaining('secret'),
    });
    expect(seen).toHaveLength(1);
  });

  it('says that nothing listens', async () => {
    const url = await deadAddress();
    await expect(postJson(`${url}/v1`, {}, { attempts: 1 })).rejects.toMatchObject({
      code: 'server-unreachable',
      message: `The server ${new URL(url).host}/v1 cannot be reached: nothing listens there.`,
    });
  });

  it.each([
    ['a web page', '<html>Welcome</html>', 'a web page'],
    ['something else', 'OK', 'not JSON'],
    ['too much', `"${'x'.repeat(2000)}"`, 'too long'],
  ])('refuses %s as an answer', async (_, body, message) => {
    const { url } = await serve((_, response) => {
      response.end(body);
    });
    await expect(postJson(url, {}, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'server-failed',
      message: expect.stringContaining(message),
    });
  });

  it('stops at once when interrupted, while waiting and while asking', async () => {
    const { url } = await serve((_, response, count) => {
      if (count === 1) json(response, {}, 429, { 'retry-after': '60' });
    });
    for (const _ of ['waiting', 'asking']) {
      const interrupt = new AbortController();
      setTimeout(() => interrupt.abort(), 100);
      const started = performance.now();
      await expect(postJson(url, {}, { signal: interrupt.signal })).rejects.toMatchObject({ code: 'interrupted' });
      // Either would go on for a minute.
      expect(performance.now() - started).toBeLessThan(15_000);
    }
  });
});
