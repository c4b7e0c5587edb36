// Egress-teams is the Microsoft Teams network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/teams"
)

func main() { runtime.Main(teams.Network) }
