import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import type { Components } from 'react-markdown';
import { Icon } from './icon.tsx';
import './text-formats.css';

/*
 * Elements only, never HTML of the text's: what stands in angle brackets is dropped. Pictures are not fetched: an address in somebody's text
 * must not learn who reads it.
 */
const components: Components = {
  img: ({ alt, src }) => (
    <span className="markdown-picture">
      <Icon name="image" size={14} />
      {alt === undefined || alt === '' ? String(src) : alt}
    </span>
  ),
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener" title={href}>
      {children}
    </a>
  ),
};
const plugins = [remarkGfm];

/** Markdown as it is meant. */
export function MarkdownText({ text }: { text: string }) {
  return (
    <div className="markdown selectable">
      <ReactMarkdown remarkPlugins={plugins} components={components} skipHtml>
        {text}
      </ReactMarkdown>
    </div>
  );
}
