# An identity's fields, one a line, the private key's lines last; fails on whatever could not be a line of /etc/hosts or resolv.conf.
def node_name: if type == "string" and test("^[a-z][a-z0-9-]{0,31}$") then . else error("bad name") end;
def address: if type == "string" and test("^[0-9]{1,3}([.][0-9]{1,3}){3}$") then . else error("bad address") end;

(.name | node_name),
(.ip | address),
(.resolver // "192.168.0.1" | address),
(.session // "" | tostring | gsub("[^a-z0-9]"; "")),
(.sshKey.publicKey // "" | gsub("\n"; "")),
(.peers // [] | length),
(.peers // [] | .[] | "\(.ip | address)\t\(.name | node_name)"),
(.sshKey.privateKey // "" | rtrimstr("\n"))
