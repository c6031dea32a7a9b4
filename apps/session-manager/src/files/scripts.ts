/**
 * Small Perl programs that run in the node as its root. Each gets its arguments as argv (never through a shell), answers one line of
 * JSON, and then bytes where there are any. Perl, since one process must look, compare and rename without a gap.
 */

/** Answers, JSON text, ids of versions; and how a failure of the system is told. Kept short: an argument holds 8 KB at most. */
const COMMON = String.raw`
use strict; use warnings; no warnings 'utf8'; use Fcntl; use Errno qw(ENOENT ENOTDIR EACCES EPERM ENOSPC EDQUOT EISDIR ELOOP ENAMETOOLONG EROFS);
use Time::HiRes; $| = 1; binmode STDIN; binmode STDOUT; $SIG{PIPE} = 'DEFAULT';
sub text { my $t = shift; $t =~ s/([\\"\x00-\x1f\x7f])/sprintf '\\u%04x', ord $1/ge; '"' . $t . '"' }
sub answer { print $_[0], "\n" }
sub fail { my ($code, $why) = @_; answer('{"error":' . text($code) . ',"reason":' . text($why // '') . '}'); exit 0 }
sub failed { my $what = shift;
  fail('FILE_NOT_FOUND', $what) if $! == ENOENT || $! == ENOTDIR;
  fail('DISK_FULL', $what) if $! == ENOSPC || $! == EDQUOT;
  fail('BAD_REQUEST', "$what: $!") }
sub etag { my @s = @_; sprintf '%x-%x-%x', $s[1], $s[7], int($s[9] * 1e9 + 0.5) }
sub matches { my ($given, $tag) = @_; $given eq '*' || grep { s/^\s*(W\/)?"?//r =~ s/"?\s*$//r eq $tag } split /,/, $given }
`;

/** argv: path, If-None-Match. One line about it, then the file's bytes, or a tar of the directory. */
export const READ_SCRIPT = `${COMMON}
my ($path, $known, $from, $length) = @ARGV;
my @s = Time::HiRes::stat($path) or failed($path);
if (-d _) {
  $path =~ s{(?<=.)/+$}{}; my ($dir, $name) = $path eq '/' ? ('/', '.') : $path =~ m{^(.*)/([^/]+)$} ? ($1 eq '' ? '/' : $1, $2) : ('.', $path);
  answer('{"kind":"directory"}');
  open STDERR, '>', '/dev/null';
  exec 'tar', '-C', $dir, '--one-file-system', '-cf', '-', '--', $name or exit 1;
}
fail('BAD_REQUEST', 'not a regular file') unless -f _;
sysopen(my $file, $path, O_RDONLY) or failed($path);
@s = Time::HiRes::stat($file);
my $tag = etag(@s); my $same = $known ne '' && matches($known, $tag);
answer(sprintf '{"kind":"file","sizeBytes":%d,"modifiedAt":%d,"etag":"%s","unchanged":%s}', $s[7], $s[9] * 1000, $tag, $same ? 'true' : 'false');
exit 0 if $same;
sysseek($file, $from, 0) if $from > 0;
while ($length != 0) {
  my $want = $length > 0 && $length < 262144 ? $length : 262144;
  my $got = sysread($file, my $bytes, $want); last unless $got;
  $length -= $got if $length > 0;
  for (my $sent = 0; $sent < $got;) { $sent += syswrite(STDOUT, $bytes, $got - $sent, $sent) // exit 1 }
}
`;

/** The conditions of a write, checked at its start and again before the file is replaced; and the folder that it goes to. */
const WRITING = String.raw`
use Cwd (); use File::Path ();
my ($path, $match, $nonematch) = splice @ARGV, 0, 3;
fail('BAD_REQUEST', 'a path of a file ends with its name') if $path =~ m{/$};
$path = Cwd::abs_path($path) // $path if -l $path;
sub check { my @s = Time::HiRes::stat($path);
  fail('BAD_REQUEST', 'there is a directory of that name') if @s && -d _;
  fail('BAD_REQUEST', 'not a regular file') if @s && !-f _;
  fail('CONFLICT', 'it is not there') if $match ne '' && !@s;
  fail('CONFLICT', etag(@s)) if $match ne '' && !matches($match, etag(@s));
  fail('CONFLICT', 'it is there') if $nonematch ne '' && @s && matches($nonematch, etag(@s));
  return @s }
my @before = check();
my ($dir) = $path =~ m{^(.*)/[^/]*$}; $dir = '/' if $dir eq '';
if (!-d $dir) { File::Path::make_path($dir, { error => \my $errors }); if (!-d $dir) { $! = EACCES unless $!; failed($dir) } }
sub put { my ($file, $bytes) = @_; my $length = length $bytes;
  for (my $sent = 0; $sent < $length;) { $sent += syswrite($file, $bytes, $length - $sent, $sent) // return 0 } 1 }
sub keep { my ($file, @now) = @_; if (@now) { chown $now[4], $now[5], $file; chmod $now[2] & 07777, $file } else { chmod 0644, $file } }
sub written { my $size = shift; my @s = Time::HiRes::stat($path);
  answer(sprintf '{"complete":true,"etag":"%s","sizeBytes":%d,"created":%s}', etag(@s), $size, @before ? 'false' : 'true') }
`;

/**
 * argv: path, If-Match, If-None-Match. Takes pieces on stdin, each after its length in 8 hex digits; the length 0 says that it was all.
 * The file is replaced in one step, with mode and owner of the one before; anything less leaves the old one as it was.
 */
export const WRITE_SCRIPT = `${COMMON}${WRITING}
my $temp = sprintf '%s/.drydock-%d-%08x.part', $dir, $$, int rand 0xffffffff;
sysopen(my $file, $temp, O_WRONLY | O_CREAT | O_EXCL, 0600) or failed($dir);
$SIG{TERM} = $SIG{HUP} = $SIG{INT} = sub { unlink $temp; exit 1 };
sub take { my $want = shift; my $all = '';
  while (length $all < $want) { sysread(STDIN, $all, $want - length $all, length $all) or do { unlink $temp; exit 1 } } $all }
my $size = 0;
while (my $length = hex take(8)) {
  $size += $length;
  put($file, take($length)) or do { my $error = $!; unlink $temp; $! = $error; failed($path) } }
my @now = eval { check() };
END { unlink $temp if defined $temp }
keep($file, @now);
close $file or failed($path);
rename $temp, $path or failed($path); undef $temp;
written($size);
`;

/** Where the parts of an upload wait: beside the file, so that the last step is a rename. */
export const partName = (upload: string) => `.drydock-${upload}.part`;

/**
 * argv: path, If-Match, If-None-Match, the part's name, where this piece begins, how long the file is. Stdin as above. A piece that is cut
 * short leaves what came of it; the next one says where it begins. With the last byte the part becomes the file.
 */
export const PIECE_SCRIPT = `${COMMON}${WRITING}${String.raw`
my ($name, $from, $total) = @ARGV; my $part = "$dir/$name";
if ($from == 0 && opendir my $folder, $dir) {
  # What nobody finished within an hour is nobody's.
  for (readdir $folder) { unlink "$dir/$_" if /^\.drydock-[\w-]+\.part$/ && (lstat "$dir/$_")[9] < time - 3600 } }
sysopen(my $file, $part, O_WRONLY | O_NOFOLLOW | ($from == 0 ? O_CREAT : 0), 0600) or do {
  fail('CONFLICT', 'the upload begins anew') if $from > 0 && $! == ENOENT; failed($dir) };
fail('CONFLICT', 'the upload begins anew') if -s $file < $from;
truncate $file, $from or failed($path); sysseek($file, $from, 0);
sub take { my $want = shift; my $all = '';
  while (length $all < $want) { sysread(STDIN, $all, $want - length $all, length $all) or exit 1 } $all }
my $size = $from;
while (my $length = hex take(8)) {
  $size += $length;
  if ($size > $total) { unlink $part; fail('BAD_REQUEST', 'more bytes came than were announced') }
  put($file, take($length)) or do { my $error = $!; unlink $part; $! = $error; failed($path) } }
if ($size < $total) { answer(sprintf '{"complete":false,"receivedBytes":%d}', $size); exit 0 }
keep($file, check());
close $file or failed($path);
rename $part, $path or failed($path);
written($size);
`}`;

/** argv: path. */
export const MAKE_DIRECTORY_SCRIPT = `${COMMON}
my ($path) = @ARGV; $path =~ s{(?<=.)/+$}{};
fail('CONFLICT', 'it is there') if lstat $path;
mkdir $path, 0755 or failed($path);
answer('{}');
`;

/** argv: from, to, "1" to replace a file. Between file systems mv copies and deletes. */
export const MOVE_SCRIPT = `${COMMON}${String.raw`
use Errno qw(EXDEV);
my ($from, $to, $replace) = @ARGV; s{(?<=.)/+$}{} for $from, $to;
fail('BAD_REQUEST', 'the root cannot be moved') if $from =~ m{^/+(\.{0,2}/*)*$};
my @s = lstat $from or failed($from); my $folder = -d _;
if ($from eq $to) { answer('{}'); exit 0 }
fail('BAD_REQUEST', 'a folder cannot be moved into itself') if $folder && index("$to/", "$from/") == 0;
if (my @there = lstat $to) {
  fail('CONFLICT', 'it is there') if !$replace;
  fail('BAD_REQUEST', 'only a file can take the place of a file') if -d _ || $folder }
if (!rename $from, $to) {
  failed($to) if $! != EXDEV;
  open STDERR, '>', '/dev/null';
  system('mv', '-T', '--', $from, $to) == 0 or fail('BAD_REQUEST', 'not everything could be moved to another file system') }
answer('{}');
`}`;

/** argv: path, If-Match, "1" to remove a directory with what is in it. */
export const REMOVE_SCRIPT = `${COMMON}${String.raw`
use File::Path ();
my ($path, $match, $recursive) = @ARGV; $path =~ s{(?<=.)/+$}{};
my @s = Time::HiRes::lstat($path) or failed($path);
fail('CONFLICT', etag(@s)) if $match ne '' && !matches($match, etag(@s));
fail('BAD_REQUEST', 'the root cannot be deleted') if $path =~ m{^/+(\.{0,2}/*)*$};
if (!-d _) { unlink $path or failed($path) }
elsif ($recursive) { File::Path::remove_tree($path, { error => \my $errors }); fail('BAD_REQUEST', 'not everything could be deleted') if -e $path }
else { rmdir $path or fail('BAD_REQUEST', "the directory is not empty; recursive=1 deletes what is in it") }
answer('{}');
`}`;

/** argv: path, most entries. */
export const LIST_SCRIPT = `${COMMON}
my ($path, $most) = @ARGV;
opendir my $dir, $path or failed($path);
my @names = sort grep { $_ ne '.' && $_ ne '..' } readdir $dir;
my $truncated = @names > $most ? 'true' : 'false'; splice @names, $most if @names > $most;
my @entries;
for my $name (@names) {
  my @s = Time::HiRes::lstat("$path/$name") or next;
  my $kind = -l _ ? 'link' : -d _ ? 'directory' : -f _ ? 'file' : 'other';
  my $target = $kind ne 'link' ? '' : ',"target":' . text(readlink("$path/$name") // '')
    . ',"targetKind":"' . (-d "$path/$name" ? 'directory' : -f _ ? 'file' : -e _ ? 'other' : 'missing') . '"';
  push @entries, sprintf '{"name":%s,"kind":"%s","sizeBytes":%d,"modifiedAt":%d,"mode":%d,"uid":%d,"gid":%d%s}', text($name), $kind, $s[7], $s[9] * 1000, $s[2] & 07777, $s[4], $s[5], $target;
}
answer('{"entries":[' . join(',', @entries) . '],"truncated":' . $truncated . '}');
`;
