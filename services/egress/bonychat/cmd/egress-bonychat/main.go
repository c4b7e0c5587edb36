// Command egress-bonychat posts events to the platform.
package main

import (
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/bonychat"
)

func main() { provider.Main(bonychat.Network) }
