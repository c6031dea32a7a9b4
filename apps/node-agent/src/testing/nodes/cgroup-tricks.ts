/** For tests: what a node's root does to its cgroups so that its end fails, as perl scripts to be run in the node. */

/** The node's own root group in every hierarchy: one directory on v2, one for each controller on v1. */
const ROOTS = `my @roots = -e '/sys/fs/cgroup/cgroup.procs' ? ('/sys/fs/cgroup') : grep { -d } glob '/sys/fs/cgroup/*';`;
/**
 * Starts a process that has `MARK` on its command line, moves it into `$dir` of `$root`, and gives it some time to live. The pipe tells
 * when the command line is there: a process that is frozen before it would have the name of this one.
 */
const HIDE = `sub hide { my ($mark) = @_; pipe my $began, my $held; my $pid = fork; if (!$pid) { open STDOUT, '>/dev/null'; open STDERR, '>&STDOUT'; exec 'sleep', $mark }
  close $held; readline $began;
  open my $f, '>', 'cgroup.procs' or die "join: $!"; print $f $pid; close $f or die "join: $!"; $pid }`;

/** \`groups\` groups with a child each in every hierarchy that \`only\` matches, and a process in the last child. */
export function wideGroups(groups: number, mark: string, only = '.'): string {
  return `${ROOTS} ${HIDE} for my $root (grep { m(${only}) } @roots) { chdir $root or die;
    for my $n (1 .. ${groups}) { mkdir "w$n" and mkdir "w$n/c" or die "$root: $!" }
    chdir 'w${groups}/c' or die; hide('${mark}') }`;
}

/** \`depth\` groups in one another in every hierarchy that \`only\` matches, with a process in the deepest. \`name\`: perl's expression. */
export function nestedGroups(depth: number, mark: string, { only = '.', name = `'d'` } = {}): string {
  return `${ROOTS} ${HIDE} for my $root (grep { m(${only}) } @roots) { chdir $root or die;
    for (1 .. ${depth}) { my $name = ${name}; mkdir $name and chdir $name or die "$root: $!" } hide('${mark}') }`;
}

/** A process that the node itself has frozen (v1), as \`docker pause\` does. */
export function frozenGroup(mark: string): string {
  return `${HIDE} mkdir '/sys/fs/cgroup/freezer/z' and chdir '/sys/fs/cgroup/freezer/z' or die $!; hide('${mark}');
    open my $f, '>', 'freezer.state'; print $f 'FROZEN'; close $f or die $!;
    for (1 .. 100) { open $f, '<', 'freezer.state'; last if <$f> eq "FROZEN\\n"; select undef, undef, undef, 0.01 }`;
}
