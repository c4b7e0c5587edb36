// Egress-smpp is the SMPP network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/smpp"
)

func main() { runtime.Main(smpp.Network) }
