// Finds the conversation in the inputs and the output of a call of a language
// model, in the forms in which the common libraries put it there.

export type Part =
  | {kind: 'text', text: string}
  | {kind: 'image', url: string}
  | {kind: 'audio', data: string, format: string}
  | {kind: 'tool', name: string, text: string}
  | {kind: 'other', text: string};

export interface Message {
  role: string;
  name?: string;
  parts: Part[];
}

type Json = unknown;

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function partOf(value: Json): Part {
  if (typeof value === 'string') return {kind: 'text', text: value};
  if (!isObject(value)) return {kind: 'other', text: text(value)};
  const {type} = value;
  if (typeof value.text === 'string') return {kind: 'text', text: value.text};
  if (type === 'image_url' || type === 'input_image') {
    const url = isObject(value.image_url)
        ? value.image_url.url : value.image_url;
    if (typeof url === 'string') return {kind: 'image', url};
  }
  if (type === 'image' && isObject(value.source) &&
      typeof value.source.data === 'string') {
    const media = text(value.source.media_type ?? 'image/png');
    return {kind: 'image', url: `data:${media};base64,${value.source.data}`};
  }
  if (type === 'input_audio' && isObject(value.input_audio)) {
    return {
      kind: 'audio',
      data: text(value.input_audio.data),
      format: text(value.input_audio.format ?? 'wav'),
    };
  }
  if (type === 'tool_use') {
    return {kind: 'tool', name: text(value.name), text: text(value.input)};
  }
  if (type === 'tool_result') {
    const inside = partsOf(value.content);
    return {
      kind: 'tool',
      name: 'result',
      text: inside.map(part => 'text' in part ? part.text : '').join('\n'),
    };
  }
  return {kind: 'other', text: text(value)};
}

function partsOf(content: Json): Part[] {
  if (content === null || content === undefined || content === '') return [];
  return Array.isArray(content) ? content.map(partOf) : [partOf(content)];
}

function messageOf(value: Json, role: string): Message | null {
  if (typeof value === 'string') {
    return {role, parts: [{kind: 'text', text: value}]};
  }
  if (!isObject(value)) return null;
  const parts = partsOf(value.content ?? value.parts);
  if (typeof value.refusal === 'string' && value.refusal) {
    parts.push({kind: 'text', text: value.refusal});
  }
  if (Array.isArray(value.tool_calls)) {
    for (const call of value.tool_calls) {
      const target = isObject(call) && isObject(call.function)
          ? call.function : call;
      if (!isObject(target)) continue;
      parts.push({
        kind: 'tool',
        name: text(target.name ?? 'tool'),
        text: text(target.arguments ?? target.args ?? {}),
      });
    }
  }
  return {
    role: typeof value.role === 'string' ? value.role : role,
    name: typeof value.name === 'string' ? value.name : undefined,
    parts,
  };
}

function listOf(value: Json, role: string): Message[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const found = value.map(one => messageOf(one, role));
  return found.every(one => one !== null) &&
      value.some(one => isObject(one) && ('role' in one || 'parts' in one))
      ? found as Message[] : null;
}

function ofInputs(inputs: Json): Message[] | null {
  if (!isObject(inputs)) return null;
  for (const key of ['messages', 'input', 'contents', 'prompt', 'history']) {
    const found = listOf(inputs[key], 'user');
    if (!found) continue;
    const system = inputs.system ?? inputs.instructions;
    const first = system === undefined || system === null
        ? null : messageOf({role: 'system', content: system}, 'system');
    return first && first.parts.length ? [first, ...found] : found;
  }
  for (const key of ['arg0', 'kwargs', 'params', 'request', 'body']) {
    const found = ofInputs(inputs[key]);
    if (found) return found;
  }
  return null;
}

function ofOutput(output: Json): Message[] {
  if (typeof output === 'string') {
    return [messageOf(output, 'assistant')!];
  }
  if (Array.isArray(output)) return listOf(output, 'assistant') ?? [];
  if (!isObject(output)) return [];
  if (Array.isArray(output.choices)) {
    return output.choices
        .map(choice => isObject(choice)
          ? messageOf(choice.message ?? choice.text ?? null, 'assistant')
          : null)
        .filter(one => one !== null);
  }
  if (Array.isArray(output.candidates)) {
    return output.candidates
        .map(one => isObject(one) ? messageOf(one.content, 'model') : null)
        .filter(one => one !== null);
  }
  for (const key of ['messages', 'output']) {
    const found = listOf(output[key], 'assistant');
    if (found) return found;
  }
  if ('content' in output || 'tool_calls' in output) {
    const one = messageOf(output, 'assistant');
    if (one) return [one];
  }
  if (isObject(output.message)) {
    const one = messageOf(output.message, 'assistant');
    if (one) return [one];
  }
  return [];
}

// The messages that went in and those that came out; null: no conversation.
export function conversationOf(inputs: Json, output: Json)
    : {asked: Message[], answered: Message[]} | null {
  const asked = ofInputs(inputs);
  if (!asked) return null;
  return {asked, answered: ofOutput(output)};
}
