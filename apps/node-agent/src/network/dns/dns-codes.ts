/** Response codes of DNS (RFC 1035, section 4.1.1). */
export const SERVFAIL_RCODE = 2;
export const NXDOMAIN_RCODE = 3;
export const NOTIMP_RCODE = 4;
export const REFUSED_RCODE = 5;
