// Who asks from a page, where no event is told: whoever holds a temporaryId and its secret.

export interface VisitorProof {
  temporaryId: string;
  secret: string;
}

export function isVisitorProof(value: object): value is VisitorProof {
  const { temporaryId, secret } = value as Partial<VisitorProof>;
  return isShort(temporaryId) && isShort(secret);
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 256;
}
