package process

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/ingress"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/translator"
)

// Service is one service as its own program would be, with the flags of [service.Main]. The first argument is the
// service's name. Where the service fails it does not return: the process ends.
func Service(set networks.Set, args []string) error {
	runs := services(set)
	if len(args) == 0 || runs[args[0]] == nil {
		return fmt.Errorf("service: name one of %s", strings.Join(ServiceNames(set), ", "))
	}
	os.Args = args // a service reads its command line itself
	service.Main(args[0], runs[args[0]])
	return nil
}

// ServiceNames are the names of all services, sorted.
func ServiceNames(set networks.Set) []string { return slices.Sorted(maps.Keys(services(set))) }

func services(set networks.Set) map[string]service.Run {
	runs := map[string]service.Run{"control": control.Run, "ingress": ingress.Run, "translator": translator.Run}
	for _, d := range append(slices.Clone(set), bonychat.Platform) {
		runs[runtime.ServiceName(d)] = runtime.Service(d)
	}
	return runs
}
