// Egress-line is the LINE network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/services/egress/line"
)

func main() { provider.Main(line.Network) }
