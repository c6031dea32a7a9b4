# systemctl, service and journalctl of a node: one program, named by its links.
$(eval $(call program,drydock-ctl,ctl,$(wildcard ctl/*.c),-Iinit,$(STATIC)))
