// Egress-xmpp is the XMPP network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/xmpp"
)

func main() { runtime.Main(xmpp.Network) }
