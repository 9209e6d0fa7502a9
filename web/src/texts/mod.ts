// The language of the page. One is there; another is chosen here by navigator.language.
import { en, type Texts } from './en.ts';

export const t: Texts = en;
