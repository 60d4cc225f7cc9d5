import { describe, expect, it } from 'vitest';
import { compileRsql } from '../../src/journey/rsql.ts';
import { fitsMembers } from '../../src/store/index.ts';

const data = { status: 'Overdue', amount: 10, tags: ['a', 'b'], nothing: null, 'x.y': 'dotted' };
const fits = (text: string) => fitsMembers(compileRsql('data', text), data);

describe('RSQL', () => {
  it.each([
    `status==Overdue`,
    `status=='Overdue'`,
    `status!=overdue`,
    `status==^OVERdue`,
    `status==^over*`,
    `STATUS==Over*`,
    `amount=gt=9`,
    `amount>9.5`,
    `amount=ge=10`,
    `amount>=10.0`,
    `amount=lt=11`,
    `amount<100`,
    `amount=le=10`,
    `amount<=10`,
    `amount==10.0`,
    `amount=in=(9,10)`,
    `amount=out=(1,2)`,
    `amount=bt=(10,20)`,
    `amount=between=(1,10)`,
    `amount=nb=(11,20)`,
    `amount=notbetween=(1,9)`,
    `status=like=verd`,
    `status=ke=verd`,
    `status=notlike=VERD`,
    `status=nk=x`,
    `status=ilike=VERD`,
    `status=ik=VERD`,
    `status=inotlike=x`,
    `status=ni=x`,
    `status=icase=OVERDUE`,
    `status=ic=overdue`,
    `nothing=isnull=''`,
    `nothing=null=''`,
    `missing=na=''`,
    `status=notnull=''`,
    `status=isnotnull=''`,
    `status=nn=''`,
    `tags==b`,
    `x.y==dotted`,
    `missing!=a`,
    `status==x,amount==10`,
    `status==Overdue;amount==10`,
    `status==x and amount==1 or amount==10`,
    `(status==x or amount==10) and status==Overdue`,
  ])('%s fits', (text) => {
    expect(fits(text)).toBe(true);
  });

  it.each([
    `status==overdue`,
    `status==Over`,
    `amount>10`,
    `amount=nb=(1,20)`,
    `status=notlike=verd`,
    `nothing==null`,
    `missing==''`,
    `missing>0`,
    `tags==c`,
    `status==Overdue;amount==1`,
    `(status==x or amount==10) and status==x`,
  ])('%s does not fit', (text) => {
    expect(fits(text)).toBe(false);
  });
});
