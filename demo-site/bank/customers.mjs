// The two customers that Home Bank has on file, and what it can vouch for about them.

/** Their passwords are shown on the login page: this is a demonstration. */
export const customers = [
  {
    firstName: 'Rue',
    lastName: 'Green',
    email: 'ruegreen@example.com',
    phone: '+15550100199',
    password: 'meadow-lane',
  },
  { firstName: 'Ola', lastName: 'Brandt', email: 'ola.brandt@example.com', password: 'winter-harbour' },
];

/** Who has a bill to pay: one whom a text message reaches. */
export const billed = customers.find(({ phone }) => phone);

export function findByLogin(email, password) {
  if (typeof email !== 'string' || typeof password !== 'string') return undefined;
  const wanted = email.trim().toLowerCase();
  return customers.find((customer) => customer.email === wanted && customer.password === password);
}

export function findByPhone(phone) {
  return customers.find((customer) => customer.phone === phone);
}

/** All that is on file for a customer, the proven identity first; naming both says that they are one customer. */
export function identitiesOf({ email, phone }, proven) {
  const identities = [{ identity: email, identitytype: 'email' }];
  if (phone) identities.push({ identity: phone, identitytype: 'phone' });
  return identities.sort((a, b) => Number(b.identitytype === proven) - Number(a.identitytype === proven));
}
