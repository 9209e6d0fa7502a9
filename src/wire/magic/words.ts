// Text, and the kinds of text that do something when they are opened.
import { letters } from './letters.ts';
import type { Magic } from './kinds.ts';

/** Shorter text than this behind or between frames is not worth a name. */
const TEXT_BYTES = 128;
/** A script can be a line. */
const SCRIPT_BYTES = 12;

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

/** Text and scripts; null where the bytes are no text. `whole`: nothing follows `bytes`. */
export function scriptOrText(bytes: Uint8Array, whole: boolean): Magic | null {
  const text = textOf(bytes, whole);
  if (text === null || text.trim() === '') return null;
  if (text.length >= SCRIPT_BYTES) {
    if (SHORTCUTS.test(text)) return { kind: 'program', name: 'a shortcut', strong: true };
    for (const { name, pattern } of SCRIPTS) if (pattern.test(text)) return { kind: 'script', name, strong: false };
    if (/^\s*<svg|<svg[\s>]/i.test(text.slice(0, 512))) return { kind: 'image', name: 'an SVG picture', strong: false };
    if (text.length >= TEXT_BYTES && DOCUMENTS.test(text))
      return { kind: 'text', name: 'a web page or XML', strong: false };
  }
  return text.length >= TEXT_BYTES ? { kind: 'text', name: 'text', strong: false } : null;
}

/** The text from the start, null when it is none: no control characters but those of text, in 8 or 16 bits. */
function textOf(bytes: Uint8Array, whole: boolean): string | null {
  let from = 0;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) from = 3;
  const little = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (little || (bytes[0] === 0xfe && bytes[1] === 0xff)) return wideText(bytes, little);
  let end = bytes.length;
  let high = 0;
  for (let i = from; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) high++;
    if (byte >= 0x20 && byte !== 0x7f) continue;
    if (byte === 9 || byte === 10 || byte === 13 || byte === 12 || byte === 0x1b) continue;
    // Text that something else follows is still text.
    if (i - from < TEXT_BYTES * 2 && !(whole && i - from >= SCRIPT_BYTES && restIsZero(bytes, i))) return null;
    end = i;
  }
  if (high * 10 > (end - from) * 3 && !isUtf8(bytes, from, end)) return null;
  return letters(bytes, from, end);
}

function restIsZero(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Whether the bytes are UTF-8, leaving out a character that the end cuts. */
function isUtf8(bytes: Uint8Array, from: number, end: number): boolean {
  for (let i = from; i < end; ) {
    const byte = bytes[i] as number;
    const more =
      byte < 0x80
        ? 0
        : byte >= 0xc2 && byte < 0xe0
          ? 1
          : byte >= 0xe0 && byte < 0xf0
            ? 2
            : byte >= 0xf0 && byte < 0xf5
              ? 3
              : -1;
    if (more < 0) return false;
    if (i + more >= end) return true;
    for (let k = 1; k <= more; k++) if (((bytes[i + k] as number) & 0xc0) !== 0x80) return false;
    i += more + 1;
  }
  return true;
}

function wideText(bytes: Uint8Array, little: boolean): string | null {
  let text = '';
  for (let at = 2; at + 1 < bytes.length; at += 2) {
    const code = little
      ? (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
      : ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    if (code < 0x20 && code !== 9 && code !== 10 && code !== 13) return null;
    text += String.fromCharCode(code);
  }
  return text;
}
