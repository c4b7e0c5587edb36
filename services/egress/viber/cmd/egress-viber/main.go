// Egress-viber is the Viber network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/viber"
)

func main() { runtime.Main(viber.Network) }
