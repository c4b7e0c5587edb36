package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/ingress"
	"github.com/bonychat/puente/services/translator"
)

// runService is one service as its own binary would be: so that one program can start all of them.
func runService(args []string) error {
	runs := map[string]service.Run{"ingress": ingress.Run, "translator": translator.Run}
	for _, d := range append(slices.Clone(drivers), bonychat.Network) {
		runs[provider.ServiceName(d)] = provider.Service(d)
	}
	if len(args) == 0 || runs[args[0]] == nil {
		var names []string
		for name := range runs {
			names = append(names, name)
		}
		slices.Sort(names)
		return fmt.Errorf("service: name one of %s", strings.Join(names, ", "))
	}
	os.Args = args // a service reads its command line itself
	service.Main(args[0], runs[args[0]])
	return nil
}
