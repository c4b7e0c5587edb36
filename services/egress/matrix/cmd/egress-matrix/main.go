// Egress-matrix is the Matrix network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/matrix"
)

func main() { runtime.Main(matrix.Network) }
