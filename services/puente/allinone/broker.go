package allinone

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/operate"
)

// broker adds the flags that say where the broker of a running bridge is, for what the control API does not carry.
func broker(c *cobra.Command, to *operate.Broker) {
	file(c, &to.File, "puente.yaml", "configuration `file` of the bridge: its broker is asked")
	c.Flags().StringVar(&to.URL, "url", "", "NATS `servers` to ask, instead of the file's")
	folder(c, &to.Data, "data", "data `folder` of a running puente up to ask, instead of the file's")
	noFiles(c, "url")
	c.PreRunE = func(*cobra.Command, []string) error {
		if to.URL != "" && to.Data != "" {
			return errors.New("--url and --data name two brokers: give one of them")
		}
		return nil
	}
}
