// The messages of a call of a language model as a conversation.
import {useMemo} from 'preact/hooks';

import {BlobMedia} from './media';
import {LongText} from './json_tree';
import type {Message, Part} from './messages';

function AudioPart({data, format}: {data: string, format: string}) {
  const blob = useMemo(() => {
    try {
      const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
      return new Blob([bytes]);
    } catch {
      return null;
    }
  }, [data]);
  if (!blob) return <span class="muted">Sound that cannot be decoded</span>;
  const type = format === 'mp3' ? 'audio/mpeg' : 'audio/wav';
  return <BlobMedia blob={blob} type={type} name={`audio.${format}`} />;
}

function PartView({part}: {part: Part}) {
  switch (part.kind) {
    case 'text':
      return <LongText class="chat-text" text={part.text} />;
    case 'image':
      return /^data:image\//.test(part.url.slice(0, 20))
          ? <img class="media" src={part.url} alt="Image in the message" />
          // From elsewhere: the page loads nothing from there by itself.
          : <span class="chat-link">Image at {part.url.slice(0, 500)}</span>;
    case 'audio':
      return <AudioPart data={part.data} format={part.format} />;
    case 'tool':
      return (
        <div class="chat-tool">
          <span class="chat-tool-name">{part.name}</span>
          <LongText class="chat-code" text={part.text} />
        </div>
      );
    case 'other':
      return <LongText class="chat-code" text={part.text} />;
  }
}

function MessageView({message}: {message: Message}) {
  const side = ['assistant', 'model', 'ai'].includes(message.role)
      ? 'chat-assistant' : message.role === 'system' ||
        message.role === 'developer' ? 'chat-system' :
        message.role === 'tool' ? 'chat-from-tool' : 'chat-user';
  return (
    <li class={`chat-message ${side}`}>
      <div class="chat-role">
        {message.role}{message.name ? ` · ${message.name}` : ''}
      </div>
      {message.parts.length === 0 && <span class="muted">nothing</span>}
      {message.parts.map((part, i) => <PartView key={i} part={part} />)}
    </li>
  );
}

export function Chat({messages, label}: {messages: Message[], label: string}) {
  return (
    <ol class="chat" aria-label={label}>
      {messages.map((message, i) => <MessageView key={i} message={message} />)}
    </ol>
  );
}
