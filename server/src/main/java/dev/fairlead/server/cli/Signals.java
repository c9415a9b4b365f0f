package dev.fairlead.server.cli;

import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Handles the process's signals. Stateless.
 *
 * <p>Through reflection on {@code sun.misc.Signal}: it is the only way to tell a second signal from the first, and naming
 * the class would be a compiler warning that cannot be turned off by itself.
 */
final class Signals {
    private Signals() {}

    /**
     * Calls {@code handler} with the signal's number, on a thread of the JVM, each time it comes.
     *
     * @param name without SIG, such as {@code TERM}
     * @throws IllegalStateException when this JVM does not hand that signal out
     */
    static void handle(String name, IntConsumer handler) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            handler.accept(
                                    (int) signalType.getMethod("getNumber").invoke(arguments[0]));
                        }
                        return null;
                    });
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signal " + name + " cannot be handled", e);
        }
    }
}
