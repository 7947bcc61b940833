import { describe, expect, it } from 'vitest';
import { postJson } from '../../src/http/post-json.js';
import { json, serve } from '../support/server.js';

describe('posting JSON', () => {
  it('sends the body and the key and returns the answer', async () => {
    const { url, seen } = await serve((_, response) => json(response, { fine: true }));
    expect(await postJson(`${url}/v1/x`, { a: 'ü' }, { key: 'secret' })).toEqual({ fine: true });
    expect(seen).toMatchObject([{ path: '/v1/x', body: '{"a":"ü"}', headers: { authorization: 'Bearer secret' } }]);
  });

  it.each([429, 500, 503])('asks again after %i, as late as Retry-After says', async (status) => {
    const { url, seen } = await serve((_, response, count) =>
      count < 3 ? json(response, {}, status, { 'retry-after': '0.05' }) : json(response, 'at last'),
    );
    const waits: number[] = [];
    const answer = await postJson(url, {}, { onRetry: ({ waitMs }) => waits.push(waitMs) });
    expect({ answer, asked: seen.length, waits }).toEqual({ answer: 'at last', asked: 3, waits: [50, 50] });
  });

  it('asks again when an answer takes too long or the connection breaks', async () => {
    const { url } = await serve((_, response, count) => {
      if (count === 1) return;
      if (count === 2) response.destroy();
      else json(response, 'there');
    });
    const why: string[] = [];
    const answer = await postJson(url, {}, { timeoutMs: 200, onRetry: (retry) => why.push(retry.why) });
    expect(answer).toBe('there');
    expect(why).toEqual(['it did not answer within 0.2 s', 'it broke off the connection']);
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
    await expect(postJson('http://127.0.0.1:48123/v1', {}, { attempts: 1 })).rejects.toMatchObject({
      code: 'server-unreachable',
      message: 'The server 127.0.0.1:48123/v1 cannot be reached: nothing listens there.',
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
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});
