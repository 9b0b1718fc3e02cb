const unused = 1;
export const price = missing;
// eslint-disable-next-line no-undef
export const refund = missing;
