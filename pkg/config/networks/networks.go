// Package networks tells package config what it must know of networks. It stands apart because a network's program
// reads its configuration, so that config itself cannot know networks.
package networks

import (
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
)

// Of is networks for [config.Load].
func Of(drivers ...provider.Driver) []config.Network {
	var out []config.Network
	for _, d := range drivers {
		about := d.Describe()
		n := config.Network{Name: about.Name, Check: d.CheckAccount}
		for _, f := range about.Fields {
			n.Fields = append(n.Fields, config.Field{Name: f.Name, Secret: f.Secret, Many: f.Many})
		}
		if about.Webhook != nil {
			n.Verifies, n.Seal = about.Webhook.Fields(), about.Webhook.Seal
		}
		out = append(out, n)
	}
	return out
}
