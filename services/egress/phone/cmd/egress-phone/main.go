// Command egress-phone serves the phone network.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/services/egress/phone"
)

func main() { runtime.Main(phone.Network) }
