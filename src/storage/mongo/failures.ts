// What MongoDB's errors mean for the person: a store that can't answer now is `unavailable`; everything else is a bug.
import mongoose from 'mongoose';
import { AppError } from '../../errors.ts';
import { refusedCode } from './pipelines.ts';

const { MongoServerError, MongoNetworkError, MongoSystemError, MongoDriverError, MongoAPIError } = mongoose.mongo;

/** The server's codes (src/mongo/base/error_codes.yml) that speak of its state, not of the command. */
const outages = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  217, // IncompleteTransactionHistory: a repeated command whose first answer is no longer known
  262, // ExceededTimeLimit
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
  refusedCode,
]);

/** A client that is being closed complains as if it were used wrongly. */
const { MongoNotConnectedError, MongoClientClosedError, MongoTopologyClosedError, MongoServerClosedError, MongoExpiredSessionError } =
  mongoose.mongo;
const closing = [
  MongoNotConnectedError,
  MongoClientClosedError,
  MongoTopologyClosedError,
  MongoServerClosedError,
  MongoExpiredSessionError,
];

export function toFailure(error: unknown): unknown {
  return isOutage(error) ? new AppError('unavailable', {}, { cause: error }) : error;
}

function isOutage(error: unknown): boolean {
  if (error instanceof MongoServerError) return outages.has(Number(error.code)) || error.hasErrorLabel('RetryableWriteError');
  // A connection that broke; no primary.
  if (error instanceof MongoNetworkError || error instanceof MongoSystemError) return true;
  if (isSocketError(error)) return true;
  // No connection was free in time, or the pool was closed; a wrong call is an API error, and a bug.
  if (error instanceof MongoAPIError) return closing.some((one) => error instanceof one);
  return error instanceof MongoDriverError;
}

/** A write to a socket whose server has just died: the driver passes Node's error on as it came. */
function isSocketError(error: unknown): boolean {
  const { syscall, code } = (error ?? {}) as { syscall?: unknown; code?: unknown };
  // EPIPE without a system call: Node knew already that the server had ended the connection (net's writeAfterFIN).
  return typeof syscall === 'string' || code === 'EPIPE' || String(code).startsWith('ERR_STREAM_');
}
