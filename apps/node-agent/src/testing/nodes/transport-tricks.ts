/** What a node's root does to take buffers of TCP, which no program of its own reads. */

/** F_SETFL and O_NONBLOCK, of Linux's architectures that we know. */
const NON_BLOCKING = '4, 2048';

/** For `perl -MSocket -e`: as many pairs as asked for, each written to until it takes no more; says `filled` and waits. */
export function fullPairs(pairs: number): string {
  return `system("ip link set lo up"); $| = 1;
    socket(L, 2, 1, 0); bind(L, pack_sockaddr_in(7000, INADDR_LOOPBACK)); listen(L, 4096) or die $!;
    for (1 .. ${pairs}) { my ($c, $s); socket($c, 2, 1, 0); connect($c, pack_sockaddr_in(7000, INADDR_LOOPBACK)) or die $!;
      accept($s, L); fcntl($c, ${NON_BLOCKING}); for (1 .. 200) { defined syswrite($c, "x" x 65536) or last } push @kept, $c, $s }
    print "filled\n"; sleep 60`;
}
