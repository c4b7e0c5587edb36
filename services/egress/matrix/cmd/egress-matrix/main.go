// Egress-matrix is the Matrix network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/services/egress/matrix"
)

func main() { provider.Main(matrix.Network) }
