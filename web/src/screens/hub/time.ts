// Moments as people say them.
import { span } from '../../texts/format.ts';

/** `5 min ago`, or `in 2 h`. */
export function ago(at: number, now: number): string {
  return at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`;
}

/** `24 Nov 23:05:10`, in the reader's zone. */
export function moment(at: number): string {
  return new Date(at).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
