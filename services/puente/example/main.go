// Command bridge is the whole of Puente with a network of a company's own: every command of puente knows it.
//
// This folder is a module as a company would have it. Beside the list of networks there is nothing to write: the network
// itself is package acme, which "puente new network acme --dir acme" begins.
package main

import (
	"example.com/acme/bridge/acme"

	"github.com/bonychat/puente/services/puente/allinone"
	"github.com/bonychat/puente/services/puente/builtin"
)

func main() { allinone.Main(append(builtin.Networks(), acme.Network)...) }
