#!/usr/bin/perl
# Stands in for containerd and dockerd: a daemon that says READY=1, serves its activation socket, and misbehaves on demand.
# Files in /tmp/behave steer it: `NAME.delay` seconds before READY, `NAME.broken` ends it with status 1, `NAME.deaf` ignores
# SIGTERM, `NAME.flood` bytes that it writes at its start, `NAME.says` lines that it writes then.
use strict;
use warnings;
use IO::Socket::UNIX;
use Socket;

my ($name) = $0 =~ m{([^/]+)$};
my $ask = sub { open(my $in, '<', "/tmp/behave/$name.$_[0]") or return 0; return <$in> // 1; };
$| = 1;
$SIG{TERM} = $ask->('deaf') ? 'IGNORE' : sub { print "$name ends\n"; exit 0; };
print "$name starts: @ARGV\n";
if ($ask->('broken')) { print "$name is broken\n"; exit 1; }
if (open(my $lines, '<', "/tmp/behave/$name.says")) { print while <$lines>; }
if (my $bytes = $ask->('flood')) { print 'x' x 99, "\n" for 1 .. $bytes / 100; }
select(undef, undef, undef, $ask->('delay') || 0);
socket(my $notify, AF_UNIX, SOCK_DGRAM, 0) or die $!;
send($notify, "READY=1\n", 0, sockaddr_un($ENV{NOTIFY_SOCKET})) or die $!;
my $listener;
if (($ENV{LISTEN_FDS} // 0) == 1 && $ENV{LISTEN_PID} == $$) { open($listener, '+<&=3') or die $!; }
while (1) {
  if ($listener && accept(my $client, $listener)) { syswrite($client, "pong from $$\n"); close($client); next; }
  sleep(1000);
}
