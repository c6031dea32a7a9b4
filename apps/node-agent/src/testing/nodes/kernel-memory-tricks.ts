/** What a node's root does to take memory of the kernel's that its own group is not charged for: scripts for `perl -MSocket -e`. */

/** F_SETFL and O_NONBLOCK, of Linux's architectures that we know. */
const NON_BLOCKING = '4, 2048';

/** As many pairs of TCP, each written to until it takes no more; says `filled` and waits. */
export function fullPairs(pairs: number): string {
  return `system("ip link set lo up"); $| = 1;
    socket(L, 2, 1, 0); bind(L, pack_sockaddr_in(7000, INADDR_LOOPBACK)); listen(L, 4096) or die $!;
    for (1 .. ${pairs}) { my ($c, $s); socket($c, 2, 1, 0); connect($c, pack_sockaddr_in(7000, INADDR_LOOPBACK)) or die $!;
      accept($s, L); fcntl($c, ${NON_BLOCKING}); for (1 .. 200) { defined syswrite($c, "x" x 65536) or last } push @kept, $c, $s }
    print "filled\n"; sleep 60`;
}

/** As many packets of 1,400 bytes, some 2 KB each, before a link that lets one pass in ten seconds. The sockets that sent them are closed. */
export function fullQueue(packets: number): string {
  return `system("ip link add v0 type veth peer name v1; ip addr add 10.9.0.1/24 dev v0; ip link set v0 up; ip link set v1 up
      ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0; tc qdisc add dev v0 root tbf rate 1kbit burst 2000 limit 2000000000"); $| = 1;
    for (1 .. ${packets} / 50) { socket(my $s, 2, 2, 0); fcntl($s, ${NON_BLOCKING});
      send($s, "x" x 1400, 0, pack_sockaddr_in(9, inet_aton("10.9.0.2"))) for 1 .. 50 }
    print "filled\n"; sleep 60`;
}

/** As many terminals (TIOCSPTLCK, TIOCGPTN), with what takes no more typed and written in each. */
export function fullTerminals(terminals: number): string {
  return `$| = 1; for (1 .. ${terminals}) { open(my $m, "+<", "/dev/ptmx") or last; ioctl($m, 0x40045431, my $unlocked = pack("I", 0));
      ioctl($m, 0x80045430, my $number = pack("I", 0)); sysopen(my $s, "/dev/pts/" . unpack("I", $number), 258) or last;
      for ($m, $s) { fcntl($_, ${NON_BLOCKING}); 1 while defined syswrite($_, "x" x 4096) } push @kept, $m, $s }
    print "filled\n"; sleep 60`;
}
