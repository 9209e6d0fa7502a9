// Text, and the kinds of text that do something when they are opened.
import { letters } from './letters.ts';
import type { Magic } from './kinds.ts';

/** Shorter text than this behind or between frames is not worth a name. */
export const TEXT_BYTES = 128;
/** A script can be a line. */
const SCRIPT_BYTES = 12;
/** With bytes behind it that are no text, a little longer. */
const SCRIPT_BEFORE_OTHER_BYTES = 20;

const SCRIPTS: readonly { name: string; pattern: RegExp }[] = [
  { name: 'a script', pattern: /^#! ?\/?[a-z]/ },
  {
    name: 'a batch file',
    pattern: /^(@echo |@?rem |::|@?setlocal|@?start |@cls|@set |@powershell|@?cmd(\.exe)? \/|echo off)/i,
  },
  { name: 'a PHP script', pattern: /^\s*<\?(php|=)/i },
  { name: 'a scriptlet', pattern: /^\s*(<\?xml[^>]*>\s*)?<(package|job|component|scriptlet|hta:)/i },
  {
    name: 'a web page with scripts',
    pattern: /<script[\s>]|javascript:|<iframe|\son(load|error|click)\s*=|vbscript:|<hta:application/i,
  },
  {
    name: 'a PowerShell script',
    pattern:
      /^\s*(<#|#requires|param\s*\(|\$[\w:]+\s*=\s*|powershell|function\s+[\w-]+\s*\{|(write-host|invoke-|start-process|set-executionpolicy|new-object|import-module|get-[a-z]+|add-type)\b)/i,
  },
  {
    name: 'a Visual Basic script',
    pattern:
      /^\s*('[^\n]*\n\s*)*(option explicit|on error resume next|dim \w+|set \w+ *= *(createobject|getobject|wscript)|msgbox|wscript\.|sub \w+ *\(|function \w+ *\(\w*\)\s*\n|attribute vb_|private sub|public sub|const \w+ *=)/i,
  },
  {
    name: 'a JavaScript program',
    pattern:
      /^\s*(\/\*[\s\S]{0,2000}?\*\/\s*|\/\/[^\n]*\n\s*)*(['"]use strict['"]|(var|let|const)\s+[\w$]+\s*=|function\s+[\w$]*\s*\(|\(function|\(\(\)\s*=>|import\s+[\w*{'"]|export\s|eval\(|new activexobject|document\.|window\.|console\.|require\(|wscript\.|module\.exports|async function)/i,
  },
  { name: 'a Python script', pattern: /^\s*(#[^\n]*\n\s*)*(import \w+|from \w+ import|def \w+\(.*\):|print\()/ },
  { name: 'a Perl script', pattern: /^\s*(#[^\n]*\n\s*)*(use strict;|use warnings;|my [$@%]\w+)/ },
  { name: 'a registry file', pattern: /^(Windows Registry Editor|REGEDIT4)/ },
  {
    name: 'a batch file',
    pattern:
      /(^|\n)\s*(@echo off|goto \w+|copy %|del \/|format c:|shutdown |net user |regsvr32|rundll32|mshta |certutil|bitsadmin|wscript |cscript )/i,
  },
  {
    name: 'a script',
    pattern:
      /(wscript\.shell|createobject\(|activexobject|invoke-expression|downloadstring|frombase64string|#!\/bin\/)/i,
  },
  {
    name: 'a shell script',
    pattern:
      /^\s*(#[^\n]*\n\s*)*(set -[eux]|export \w+=|cd \/|rm -rf|curl |wget |echo ["'$\w][^\n]*\n\s*(echo|exit|rm|cat|ls|if|for|curl)\b)/,
  },
];
const SHORTCUTS = /^\s*\[(InternetShortcut|Desktop Entry|AutoRun|Autorun)[^\]]*\]/i;
const DOCUMENTS = /^\s*(<!doctype html|<html|<head|<body|<\?xml|From: |MIME-Version: |Received: )/i;

/** Scripts, and text from `textBytes` on; null where the bytes are none. `whole`: nothing follows `bytes`. */
export function scriptOrText(bytes: Uint8Array, whole: boolean, textBytes: number): Magic | null {
  const found = textOf(bytes, whole);
  if (found === null || found.text.trim() === '') return null;
  const { text, clean } = found;
  if (text.length >= SCRIPT_BYTES) {
    if (SHORTCUTS.test(text)) return { kind: 'program', name: 'a shortcut', strong: true };
    for (const { name, pattern } of SCRIPTS) if (pattern.test(text)) return { kind: 'script', name, strong: false };
    if (/^\s*(<\?xml[^>]*>\s*)?(<!--[^>]*>\s*)?<svg[\s>]/i.test(text.slice(0, 1024)))
      return { kind: 'image', name: 'an SVG picture', strong: true };
    if (!clean) return null;
    if (text.length >= TEXT_BYTES && DOCUMENTS.test(text))
      return { kind: 'text', name: 'a web page or XML', strong: false };
  }
  return clean && text.length >= textBytes ? { kind: 'text', name: 'text', strong: false } : null;
}

/**
 * The text from the start, null when it is none: no control characters but those of text, in 8 or 16 bits. Not `clean`:
 * it is short, and something else follows.
 */
function textOf(bytes: Uint8Array, whole: boolean): { text: string; clean: boolean } | null {
  let from = 0;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) from = 3;
  const little = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (little || (bytes[0] === 0xfe && bytes[1] === 0xff)) return wideText(bytes, little);
  let end = bytes.length;
  let high = 0;
  let clean = true;
  for (let i = from; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) high++;
    if (byte >= 0x20 && byte !== 0x7f) continue;
    if (byte === 9 || byte === 10 || byte === 13 || byte === 12 || byte === 0x1b) continue;
    // Text that something else follows is still text.
    if (i - from < TEXT_BYTES * 2 && !(whole && i > from && restIsZero(bytes, i))) {
      if (i - from < SCRIPT_BEFORE_OTHER_BYTES) return null;
      clean = false;
    }
    end = i;
    break;
  }
  if (high * 10 > (end - from) * 3 || end < bytes.length) {
    const valid = utf8End(bytes, from, end);
    if (valid < end && valid - from >= TEXT_BYTES * 2) return { text: letters(bytes, from, valid), clean: true };
    if (valid < end && high * 10 > (end - from) * 3) return null;
  }
  return { text: letters(bytes, from, end), clean };
}

function restIsZero(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Where the bytes stop being UTF-8; a character that the end cuts still is. */
function utf8End(bytes: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; ) {
    const byte = bytes[i] as number;
    const more = utf8Tail(byte);
    if (more < 0) return i;
    if (i + more >= end) return end;
    for (let k = 1; k <= more; k++) if (((bytes[i + k] as number) & 0xc0) !== 0x80) return i;
    i += more + 1;
  }
  return end;
}

function utf8Tail(byte: number): number {
  if (byte < 0x80) return 0;
  if (byte < 0xc2 || byte > 0xf4) return -1;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}

/** Text in 16 bits behind its mark: one script, so most characters share their upper byte. */
function wideText(bytes: Uint8Array, little: boolean): { text: string; clean: boolean } | null {
  let text = '';
  for (let at = 2; at + 1 < bytes.length; at += 2) {
    const code = little
      ? (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
      : ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    if (code < 0x20 && code !== 9 && code !== 10 && code !== 13) break;
    text += String.fromCharCode(code);
  }
  const upper = new Map<number, number>();
  for (let i = 0; i < Math.min(64, text.length); i++) {
    const page = text.charCodeAt(i) >> 8;
    upper.set(page, (upper.get(page) ?? 0) + 1);
  }
  const most = Math.max(0, ...upper.values());
  return text.length >= SCRIPT_BYTES && most * 3 >= Math.min(64, text.length) * 2 ? { text, clean: true } : null;
}
