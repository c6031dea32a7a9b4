/**
 * The program that looks around in a node for a lab's checks: files, processes, what shells noted, ports of containers' programs. It runs as
 * the node's root, reads and changes nothing, and answers one line a finding with every text as hex, so that no name can break the lines.
 */

/** A file's text that is read (bytes), and all of one look: hex doubles it, and an answer holds a megabyte. */
export const MAX_CONTENT = 64 * 1024;
export const MAX_ALL_CONTENT = 320 * 1024;

/** Where shells of a lab's nodes note their commands and variables (session-manager/src/labs/shell-notes.ts writes what does). */
export const NOTES_DIR = '/run/drydock/shell-notes';

/** stdin: one question a line, words parted by blanks, texts as hex. */
export const LOOK_SCRIPT = String.raw`
use strict; use warnings; no warnings; use Fcntl ':mode'; use Fcntl; binmode STDIN; binmode STDOUT;
$SIG{ALRM} = sub { exit 0 }; alarm 8;
my $left = ${MAX_ALL_CONTENT};
sub hex_of { unpack 'H*', $_[0] // '' }
sub slurp { my ($path, $most) = @_; sysopen(my $f, $path, O_RDONLY | O_NONBLOCK) or return undef; my $all = '';
  while (length $all < $most) { my $got = sysread $f, my $bytes, $most - length $all; last unless $got; $all .= $bytes } $all }
sub file { my ($path, $content, $since) = @_; my @s = lstat $path; my $key = hex_of($path);
  my $link = @s && -l _; if ($link) { @s = stat $path }
  return print "file $key missing\n" unless @s;
  my $type = $link ? 'link' : S_ISREG($s[2]) ? 'file' : S_ISDIR($s[2]) ? 'directory' : 'other';
  my $owner = getpwuid($s[4]) // $s[4]; my $newer = $since eq '-' ? '-' : $s[9] * 1000 >= $since - 1000 ? 1 : 0;
  my ($lines, $text) = ('-', '-');
  if (S_ISREG($s[2]) && $content && $left > 0) { my $most = $left < ${MAX_CONTENT} ? $left : ${MAX_CONTENT};
    my $all = slurp($path, $most); if (defined $all) { $left -= length $all; $lines = ($all =~ tr/\n//) + ($all =~ /[^\n]\z/ ? 1 : 0); $text = hex_of($all) . '.' } }
  printf "file %s %s %04o %s %s %s %s\n", $key, $type, $s[2] & 07777, hex_of($owner), $newer, $lines, $text }
sub processes { my $count = 0; opendir my $d, '/proc' or return; print "processes\n";
  for my $pid (sort { $b <=> $a } grep { /^\d+$/ } readdir $d) { next if $pid == $$; my @s = stat "/proc/$pid" or next;
    my $line = slurp("/proc/$pid/cmdline", 2048) // ''; $line =~ s/\0+\z//; $line =~ tr/\0/ /; next if $line eq '';
    printf "process %s %s\n", hex_of(substr $line, 0, 1024), hex_of(getpwuid($s[4]) // $s[4]); last if ++$count >= 500 } }
sub notes { opendir my $d, '${NOTES_DIR}' or return (); map { "${NOTES_DIR}/$_" } grep { /^\d+\.$_[0]$/ } readdir $d }
sub commands { print "commands\n"; my @all;
  for my $path ((notes('commands'))[0 .. 31]) { next unless defined $path; my $size = -s $path; next unless $size; sysopen(my $f, $path, O_RDONLY | O_NONBLOCK) or next;
    sysseek $f, $size > 65536 ? $size - 65536 : 0, 0; sysread $f, my $all, 65536;
    for (split /\x1e/, $all) { push @all, [$1, $2, $3, $4] if /\A(\d+)\t(\d+)\t([\d ]*)\t\s*\d+\*?\s+(.*?)\s*\z/s } }
  for ((sort { $b->[0] <=> $a->[0] } @all)[0 .. 199]) { next unless defined $_;
    printf "command %s %d %s %d\n", hex_of(substr $_->[3], 0, 2048), $_->[1], ($_->[2] =~ /[1-9]/ ? 1 : 0), $_->[0] } }
sub env { my $name = shift; my ($newest) = sort { (stat $b)[9] <=> (stat $a)[9] } notes('env'); return unless defined $newest;
  my $all = slurp($newest, 262144) // ''; if ($all =~ /^declare -[a-z]*x[a-z]* \Q$name\E(?:="((?:[^"\\]|\\.)*)")?$/ms) { my $v = $1 // ''; $v =~ s/\\(.)/$1/sg; printf "env %s %s.\n", $name, hex_of(substr $v, 0, 4096) }
  else { print "env $name -\n" } }
sub listens { my ($name, $pid) = @_; my %seen; print "listens $name\n";
  for my $kind ('tcp', 'tcp6') { my $all = slurp("/proc/$pid/net/$kind", 65536) // '';
    for (split /\n/, $all) { next unless /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /; my ($a, $p) = ($1, hex $2);
      my $loop = $a =~ /^0100007F$/ || $a eq '00000000000000000000000001000000'; my $where = $loop ? '127.0.0.1' : '0.0.0.0';
      next if $seen{"$where $p"}++; print "listen $name $p $where\n" } } }
while (my $line = <STDIN>) { chomp $line; my ($what, @a) = split / /, $line;
  if ($what eq 'file') { file(pack('H*', $a[0]), $a[1], $a[2]) } elsif ($what eq 'processes') { processes() }
  elsif ($what eq 'commands') { commands() } elsif ($what eq 'env') { env($a[0]) } elsif ($what eq 'listens') { listens($a[0], int $a[1]) } }
my ($free) = map { (split ' ')[3] } (split /\n/, qx(df -Pk / 2>/dev/null))[1]; print "free ", $free * 1024, "\n" if defined $free;
print "end\n";
`;
