// What crosses between the store's threads. The writer takes batches and calls and answers after the commit that holds
// them; readers answer calls at once. Bodies and answers cross as bytes and JSON text: cloning objects costs more than
// the insert does (relay-notes 2b).
import type { ProblemCode } from '../../../protocol/index.ts';
import type { AliasLimits } from '../../limits.ts';
import type { BatchDetails } from './append.ts';
import type { Encoded, EncodedResult } from './encoded.ts';
import type { ReaderCalls } from './reader.ts';
import type { UpkeepCalls } from './upkeep-worker.ts';
import type { WriterCalls } from './writer.ts';

export interface WriterSettings {
  file: string;
  cacheKib: number;
  maxFileBytes: number;
  limits: AliasLimits;
  idSeed?: string | undefined;
  maxCommitEvents: number;
  maxCommitBytes: number;
}

export interface ReaderSettings {
  file: string;
  cacheKib: number;
  /** A query that takes longer is cut. */
  maxQueryMs: number;
}

export type WriterRequest =
  | { request: number; batch: BatchDetails; body: ArrayBuffer }
  | { request: number; call: keyof WriterCalls; args: unknown[] }
  /** Not part of any transaction: brings what is left of the log into the file. */
  | { checkpoint: 'passive' | 'truncate' }
  | { close: true };

export type WriterMessage =
  | { ready: true; sequence: number; linksVersion: number }
  | { failed: string }
  /** Something was committed, or had to be rolled back; answers to its requests. */
  | { sequence: number; linksVersion: number; walBytes: number; answers: Answer[] }
  /** The disk or the file failed under a commit: nothing more can be promised. */
  | { fatal: string }
  | { closed: true };

export interface ReaderRequest {
  request: number;
  call: keyof ReaderCalls;
  args: unknown[];
}

export interface UpkeepRequest {
  request: number;
  call: keyof UpkeepCalls;
  args: unknown[];
}

/** After a failure nothing of the request was kept. */
export type Answer = ({ request: number } & EncodedResult) | { request: number; failure: Failure };

export interface Failure {
  message: string;
  problem?: { code: ProblemCode; detail: string; pointer?: string | undefined };
}

export type Call<Calls, Name extends keyof Calls> = Calls[Name] extends (...args: infer Args) => infer Result
  ? { args: Args; result: Result extends Encoded<infer Value> ? Value : Result }
  : never;
