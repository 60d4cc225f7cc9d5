// A person as the Journey Data Service shows it (jds-contract 3.1), and the envelope of every answer (0.4).

export interface Person {
  /** 24 hexadecimal digits; ids of merged-away persons answer as the survivor for ever. */
  id: string;
  organizationId: string;
  workspaceId: string;
  firstName: string | null;
  lastName: string | null;
  phone: string[];
  email: string[];
  customerId: string[];
  temporaryId: string[];
  socialId: string[];
  /** All values of the five lists, without their types. */
  aliases: string[];
  /** RFC 3339. */
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  updatedBy: string;
}

export interface Envelope<Data> {
  meta: {
    organizationId: string;
    workspaceId?: string;
    [name: string]: unknown;
  };
  data: Data;
}

/** The error body of the Journey Data Service (jds-contract 0.4). */
export interface JdsError {
  /** Found in the log under the same id. */
  trackingId: string;
  /** `<code> <REASON>`, for example `404 NOT_FOUND`. */
  status: string;
  message: string;
  errors: string[];
  timestamp: string;
}
