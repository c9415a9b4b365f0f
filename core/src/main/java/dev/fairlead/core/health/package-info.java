/** When a backend counts as up, down or ejected: pure rules over check results and real traffic. */
@NullMarked
package dev.fairlead.core.health;

import org.jspecify.annotations.NullMarked;
