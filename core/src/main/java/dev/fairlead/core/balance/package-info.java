/** One file per balancing algorithm; algorithms never see each other. */
@NullMarked
package dev.fairlead.core.balance;

import org.jspecify.annotations.NullMarked;
