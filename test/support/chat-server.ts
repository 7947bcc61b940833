/** A chat server on this machine that speaks the protocol of OpenAI, well or badly, and remembers what it was asked. */
import type { ServerResponse } from 'node:http';
import { json, type Seen, serve } from './server.js';

/** A question as the server understood it. */
export interface Asked {
  readonly model: string;
  readonly system: string;
  readonly user: string;
  /** The title in the default prompt. */
  readonly title: string;
  readonly key: string | undefined;
  /** What the question says besides model and messages. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a well-behaved model says about a song: always the same about the same lyrics. */
export function summaryOf(title: string): string {
  return `The narrator of ${title} looks back on a hard year with quiet sorrow and a little hope. At first there is only loss, then the memory of friends returns, and in the end a stubborn will to go on remains.`;
}

/** A completion in the protocol. */
export function completion(content: string, { finish = 'stop' } = {}): object {
  return {
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }],
    usage: { prompt_tokens: 300, completion_tokens: 50 },
  };
}

/**
 * Starts a chat server.
 *
 * @param answer what to do with a question, its number among those about the same title from 1; a string is what the model says.
 */
export async function chatServer(
  answer: (asked: Asked, response: ServerResponse, time: number) => unknown = ({ title }) => summaryOf(title),
): Promise<{ llm: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const { url } = await serve(async (request, response) => {
    if (request.path !== '/v1/chat/completions') {
      json(response, { data: [{ id: 'only-model' }] });
      return;
    }
    const question = understood(request);
    asked.push(question);
    const time = asked.filter(({ title }) => title === question.title).length;
    const said = await answer(question, response, time);
    if (typeof said === 'string') json(response, completion(said));
  });
  return { llm: `${url}/v1`, asked };
}

function understood({ body, headers }: Seen): Asked {
  const { model, messages, ...fields } = JSON.parse(body) as {
    model: string;
    messages: { role: string; content: string }[];
  };
  const said = (role: string) => messages.find((message) => message.role === role)?.content ?? '';
  const user = said('user');
  return {
    model,
    system: said('system'),
    user,
    title: /^Title: (.*)$/m.exec(user)?.[1] ?? '',
    key: headers.authorization,
    fields,
  };
}
