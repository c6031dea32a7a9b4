/** A server for nodes, in the Perl that every node has: one path for each way in which a program may answer. */

/** Starts it on `port`, in the background; it answers any other path by the request's head as it came. */
export function nodeServer(port: number, ownCookies: readonly string[] = []): string {
  const cookies = ownCookies.map((cookie) => `Set-Cookie: ${cookie}\\r\\n`).join('');
  return `cat > /tmp/server-${port}.pl <<'PERL'
use IO::Socket::INET; use Digest::SHA 'sha1_base64'; $SIG{CHLD} = 'IGNORE';
my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 50, ReuseAddr => 1) or die;
sub answer { my ($c, $type, $text) = @_; print $c "HTTP/1.1 200 OK\\r\\nContent-Type: $type\\r\\nContent-Length: " . length($text) . "\\r\\n${cookies}Connection: close\\r\\n\\r\\n$text" }
while (my $c = $s->accept) {
  next if fork; $c->autoflush(1); my $head; { local $/ = "\\r\\n\\r\\n"; $head = <$c> } my ($path) = $head =~ /^\\S+ (\\S+)/;
  if ($path eq '/events') {
    print $c "HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\nConnection: close\\r\\n\\r\\n";
    for (1..3) { print $c "data: $_\\n\\n"; select undef, undef, undef, 0.3 }
  } elsif ($path eq '/early') { print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 1000\\r\\n\\r\\npart" }
  elsif ($path eq '/count') {
    my ($length) = $head =~ /content-length: (\\d+)/i; my ($n, $b) = (0);
    while ($n < $length) { my $got = read($c, $b, $length - $n > 1048576 ? 1048576 : $length - $n) or last; $n += $got }
    answer($c, 'text/plain', $n)
  } elsif ($path eq '/gigabyte') {
    print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 1073741824\\r\\nConnection: close\\r\\n\\r\\n"; my $b = "x" x 1048576; print $c $b for 1..1024
  } elsif ($path eq '/socket') {
    my ($key) = $head =~ /sec-websocket-key: (\\S+)/i; my $accept = sha1_base64($key . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11') . '=';
    print $c "HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Accept: $accept\\r\\n\\r\\n";
    while (read($c, my $frame, 2)) { my $l = ord(substr $frame, 1) & 127; read($c, my $mask, 4); read($c, my $data, $l);
      last if (ord($frame) & 15) == 8; print $c "\\x81" . chr($l) . ($data ^ substr($mask x $l, 0, $l)) }
  } else { $head =~ s/</&lt;/g; answer($c, 'text/html', "<!doctype html><title>echo</title><pre>$head</pre>") }
  exit }
PERL
setsid perl /tmp/server-${port}.pl >/dev/null 2>&1 < /dev/null & sleep 0.5`;
}
