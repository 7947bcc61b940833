import { afterEach, expect, it, vi } from 'vitest';
import { apiKey } from '../../src/http/server-address.js';

afterEach(() => void vi.unstubAllEnvs());

it.each([
  ['https://api.openai.com/v1', 'of-openai'],
  ['http://api.openai.com/v1', undefined],
  ['https://api.openai.com.example.org/v1', undefined],
  ['http://localhost:8080/v1', undefined],
])('OPENAI_API_KEY is for OpenAI alone: %s', (address, key) => {
  vi.stubEnv('LYREC_API_KEY', '');
  vi.stubEnv('OPENAI_API_KEY', 'of-openai');
  expect(apiKey(address)).toBe(key);
  vi.stubEnv('LYREC_API_KEY', 'of-lyrec');
  expect(apiKey(address)).toBe('of-lyrec');
});
