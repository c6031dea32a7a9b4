/** For tests: everything that a node's root can read of the kernel, searched for words. */

/** Bytes read of each file, and entries looked at in all: the two trees have some 100,000 between them. */
const MOST_BYTES = 256 * 1024;
const MOST_ENTRIES = 400_000;

/**
 * A perl script that prints a line `IN SIGHT <word> <path>` for each of `words` in the text, the name or the target of any file below
 * `trees`, and at last `LOOKED AT <files>`. Files that would block are not waited for.
 */
export function searchTrees(
  words: readonly string[],
  trees = ['/proc', '/sys', '/dev/.lxc/proc', '/dev/.lxc/sys'],
): string {
  return `use Fcntl; my $words = join '|', qw(${words.join(' ')}); my ($files, $entries) = (0, 0);
    sub see { my ($text, $path) = @_; print "IN SIGHT $1 $path\\n" if $text =~ /($words)/ }
    $SIG{ALRM} = sub { die "slow\\n" };
    my @left = qw(${trees.join(' ')});
    while (defined(my $directory = pop @left)) {
      next if $directory =~ m(/proc/$$(/|$)) || $directory =~ m(/task/) && $directory !~ m(/proc/\\d+/task/\\d+$);
      opendir my $d, $directory or next;
      for my $name (readdir $d) {
        next if $name eq '.' || $name eq '..';
        die "too many entries\\n" if ++$entries > ${MOST_ENTRIES};
        my $path = "$directory/$name"; see($name, $path);
        if (-l $path) { see(readlink($path) // '', $path); next }
        if (-d _) { push @left, $path; next }
        next unless -f _;
        next if $name =~ /^(kmsg|trace_pipe|mem|pagemap|kcore|clear_refs)$/;
        eval { alarm 2;
          if (sysopen my $f, $path, O_RDONLY | O_NONBLOCK) {
            my ($text, $got) = ('', 0);
            while (length $text < ${MOST_BYTES} && ($got = sysread $f, $text, 65536, length $text)) {}
            $files++; see($text, $path);
          }
          alarm 0 }; alarm 0;
      }
    }
    print "LOOKED AT $files\\n";`;
}
